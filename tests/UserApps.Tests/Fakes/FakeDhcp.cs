namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>DHCP clients whose outcome the test makes up.</summary>
internal sealed class FakeDhcp : IDhcpControl
{
    /// <summary>Calls, as text.</summary>
    public List<string> Calls { get; } = [];

    public Errno StartResult { get; set; }

    public Errno WaitResult { get; set; }

    public Errno ReleaseResult { get; set; }

    public DhcpLeaseInformation? Lease { get; set; }

    public Errno Start(string interfaceName)
    {
        Calls.Add($"start {interfaceName}");
        return StartResult;
    }

    public Errno WaitForLease(string interfaceName, Instant deadline, out DhcpLeaseInformation? lease)
    {
        Calls.Add($"wait {interfaceName} {deadline.Nanoseconds / 1_000_000_000}");
        lease = WaitResult == Errno.Success ? Lease : null;
        return WaitResult;
    }

    public Errno Release(string interfaceName)
    {
        Calls.Add($"release {interfaceName}");
        return ReleaseResult;
    }
}
