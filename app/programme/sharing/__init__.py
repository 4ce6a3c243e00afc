"""What an association agreed to share with the programme: counts of each month, and nobody behind them."""
