global using KernelSockets.QemuHarness.Machine;
global using KernelSockets.QemuHarness.Support;
