"""The window around the tabs: menus, commands, messages, files, and settings."""
