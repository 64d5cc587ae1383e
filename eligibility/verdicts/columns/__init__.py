"""Rules over many patients at once: what is known of a leaf as planes of bits, and strong Kleene logic on them."""
