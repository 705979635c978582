"""Rules about agents and who hands work to whom."""
