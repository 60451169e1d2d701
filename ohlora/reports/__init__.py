"""What every report is made of: plots, and pages that hold their pictures."""
