"""Work away from the window's thread: child processes, threads, and files."""
