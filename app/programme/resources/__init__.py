"""The resource centre: guides, articles and materials that anybody reads, and honest counts of who does."""
