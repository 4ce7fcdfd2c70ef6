"""The keys of encryption, and who vouches for the device."""
