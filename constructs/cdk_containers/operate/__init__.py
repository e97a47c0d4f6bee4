"""What is deployed, as people operate it: found by its name in the code, read, explained, and changed when asked."""
