"""What tests in a browser stand on: a Mintcache, a browser, a wire that can be cut, and a web site."""
