using KernelSockets.Simulation.E1000;

namespace KernelSockets.E1000.Tests;

/// <summary>The devices that the main tests run on.</summary>
public static class Personalities
{
    public static TheoryData<string> All => ["manual", "qemu", "virtualbox", "virtualbox-82543"];

    public static ModelOptions Options(string name) => name switch
    {
        "manual" => ModelOptions.Manual,
        "qemu" => ModelOptions.Qemu,
        "virtualbox" => ModelOptions.VirtualBox,
        "virtualbox-82543" => ModelOptions.VirtualBox82543,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
