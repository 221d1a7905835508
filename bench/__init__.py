"""Side-by-side measurements, run by hand; imports the toolchain's stage only."""
