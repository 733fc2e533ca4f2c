"""The Hurd's servers and glibc, as programs on the simulated kernel.

Sources: [S] the sources of the Hurd and glibc of spring 2007 (libports, libthreads, proc, term; sysdeps/mach/hurd/fork.c);
[I] inferred. Programs yield traps and do not access the kernel in any other way.
"""
