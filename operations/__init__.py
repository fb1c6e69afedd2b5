"""Commands of organisers and operators, against a deployment or this machine. Nothing here is deployed."""
