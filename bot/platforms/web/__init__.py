"""The web host: a local chat page made with NiceGUI, served on loopback only, asking nothing of any other host."""
