"""The requests, one file each: look up, convert, call a pure feature, convert back."""
