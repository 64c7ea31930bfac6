"""How fast the runner is on this machine: warm runs beside cold jails and bare forks, all in one interleaved run.

`python -m runner.bench` works without the bot; whoever can grade passes loads of his own. Imports nothing here, so that
the plain process whose forks are timed holds as little as the warm ones do.
"""
