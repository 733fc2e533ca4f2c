"""The simulated kernel: one file per gnumach file, standard library only. Kernel (kernel.py) holds it together."""
