"""Commands for those who run a deployment, on AWS or on this machine. Nothing here is deployed."""
