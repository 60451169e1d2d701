"""What every training needs: counted steps, moving average, schedule, Lightning's trainer, Muon."""
