namespace KernelSockets.QemuHarness.Support;

/// <summary>What a test needs of the machine it runs on. Where everything has to run (CI=true), a missing thing is a failure.</summary>
internal static class Requirement
{
    /// <summary>Skips the calling test with the reason unless the condition holds; fails it where nothing may be skipped.</summary>
    public static void Need(bool isMet, string reason)
    {
        if (isMet)
        {
            return;
        }

        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Fail($"With CI=true nothing may be skipped: {reason}");
        }

        Assert.Skip(reason);
    }

    /// <summary>Root rights and /dev/net/tun, without which there is no TAP network.</summary>
    public static void NeedTap()
    {
        Need(Environment.IsPrivilegedProcess, "a TAP network needs root");
        Need(File.Exists("/dev/net/tun"), "a TAP network needs /dev/net/tun");
    }
}
