"""What views are made of: charts, and the rows and cards that they show."""
