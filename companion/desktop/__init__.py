"""The desktop around the program: what plays, who is there, notices, the service."""
