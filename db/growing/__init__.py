"""Growth: partner organisations, and networks that begin like others."""
