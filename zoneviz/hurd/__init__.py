"""The Hurd's servers and glibc, as programs on the simulated kernel.

Sources: [S] the Hurd's and glibc's trees of spring 2007 (libports, libthreads, proc, term; sysdeps/mach/hurd/fork.c);
[I] inferred. Nothing here reaches into the kernel: programs yield traps.
"""
