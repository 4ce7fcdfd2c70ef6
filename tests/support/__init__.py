"""What tests share: people at the other end, servers, a stage."""
