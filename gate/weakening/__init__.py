"""What of the gate a change weakens: two sides of its files and configuration -> weakenings. Pure, and runs nothing."""
