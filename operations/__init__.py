"""Commands for those who run a deployment or an event, on AWS or on this machine. Nothing here is deployed."""
