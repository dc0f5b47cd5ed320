"""Threads, machine, files, errors and messages: code that knows nothing about X-rays."""
