"""Coming in without an invitation: who asks a network whether they can join, who decides, who vouches."""
