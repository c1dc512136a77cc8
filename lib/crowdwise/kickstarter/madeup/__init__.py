"""Made-up months in the publisher's form: something to learn, noise that caps it, and every flaw of the real ones."""
