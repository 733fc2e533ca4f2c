"""The simulated kernel: one module for each gnumach file, standard library only; kernel.py holds it together.

Modules import the functions they call. Three groups import each other, as gnumach's files call each other, and use whole
modules for that: zalloc, vm_kern, vm_object and pmap; ipc_port and ipc_kmsg; task and thread.
"""
