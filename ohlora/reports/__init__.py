"""What every report needs: figures and pictures inside a page."""
