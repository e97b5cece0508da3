namespace KernelSockets.QemuHarness.Support;

/// <summary>
/// How long a test waits for an event before it calls it missing. They are deadlines, never expectations of speed: many times what the
/// slowest machine seen needs, since the guest runs in software emulation beside other work.
/// </summary>
internal static class Limits
{
    /// <summary>QEMU's start up to the first prompt, through BIOS and GRUB.</summary>
    public static readonly TimeSpan Boot = TimeSpan.FromSeconds(180);

    /// <summary>The same through UEFI firmware.</summary>
    public static readonly TimeSpan UefiBoot = TimeSpan.FromSeconds(300);

    /// <summary>One echo reply, before it counts as lost.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    /// <summary>One ordinary command of the shell, or one packet there and back.</summary>
    public static readonly TimeSpan Command = TimeSpan.FromSeconds(60);

    /// <summary>The self-test.</summary>
    public static readonly TimeSpan SelfTest = TimeSpan.FromSeconds(600);

    /// <summary>Until the guest's runtime has let go of what it keeps for a while.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(180);

    /// <summary>A host program such as ip or tshark.</summary>
    public static readonly TimeSpan HostProgram = TimeSpan.FromSeconds(60);
}
