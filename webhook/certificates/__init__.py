"""The served certificate: from files that another program renews, or from a Secret that we renew."""
