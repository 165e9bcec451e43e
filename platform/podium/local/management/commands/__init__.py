"""Commands: `demo` and `demo_files`."""
