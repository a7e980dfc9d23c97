"""Where the served certificate comes from: files that somebody else renews, or a Secret that we renew."""
