"""What the rehearsal of the image is made of."""
