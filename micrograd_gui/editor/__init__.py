"""The editor in which programs are typed."""
