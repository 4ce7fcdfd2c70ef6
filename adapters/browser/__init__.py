"""The stage in a browser: a page with a phone for everybody, on the same stage as the terminal."""
