"""The writing standard for items, one module per concern. Each rule yields what is wrong and what to do."""
