using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>traceroute over Linux's loopback interface; raw sockets need root.</summary>
public sealed class TracerouteTests
{
    private readonly FakeSystem _system = new();

    [Theory]
    [InlineData("traceroute -n 127.0.0.1", "traceroute to 127.0.0.1 (127.0.0.1), 30 hops max, 60 byte packets\n", @"^ 1  127\.0\.0\.1(  \d+\.\d{3} ms){3}\n$")]
    [InlineData("traceroute -nI 127.0.0.5", "traceroute to 127.0.0.5 (127.0.0.5), 30 hops max, 60 byte packets\n", @"^ 1  127\.0\.0\.5(  \d+\.\d{3} ms){3}\n$")]
    [InlineData("traceroute -n -q 1 -f 3 -m 12 127.0.0.1 1000", "traceroute to 127.0.0.1 (127.0.0.1), 12 hops max, 1000 byte packets\n", @"^ 3  127\.0\.0\.1(  \d+\.\d{3} ms){1}\n$")]
    [InlineData("traceroute 127.0.0.1", "traceroute to 127.0.0.1 (127.0.0.1), 30 hops max, 60 byte packets\n", @"^ 1  localhost\S* \(127\.0\.0\.1\)(  \d+\.\d{3} ms){3}\n$")]
    public void Loopback_IsOneHop(string line, string heading, string hop)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "raw sockets need root");
        string output = _system.Run(line);
        Assert.StartsWith(heading, output, StringComparison.Ordinal);
        Assert.Matches(hop, output[heading.Length..]);
        Assert.Equal(0, _system.Shell.LastStatus);
    }

    [Theory]
    [InlineData("traceroute")]
    [InlineData("traceroute a b c")]
    [InlineData("traceroute -f 5 -m 4 127.0.0.1")]
    [InlineData("traceroute -q 0 127.0.0.1")]
    [InlineData("traceroute -w x 127.0.0.1")]
    [InlineData("traceroute 127.0.0.1 27")]
    [InlineData("traceroute no.such.invalid")]
    public void Misuse_IsStatus2(string line)
    {
        Assert.NotEmpty(_system.Run(line));
        Assert.Equal(2, _system.Shell.LastStatus);
    }
}
