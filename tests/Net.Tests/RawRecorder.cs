namespace KernelSockets.Net.Tests;

/// <summary>A raw receiver that notes what it sees.</summary>
internal sealed class RawRecorder : IIpv4RawReceiver
{
    public List<byte[]> Datagrams { get; } = [];

    public List<string> Interfaces { get; } = [];

    public List<(IcmpType Type, byte Code)> Errors { get; } = [];

    public bool Takes { get; set; }

    public bool Receive(in Ipv4Datagram datagram)
    {
        Datagrams.Add(datagram.Header.Datagram.ToArray());
        Interfaces.Add(datagram.Interface.Name);
        return Takes;
    }

    public void ReceiveError(in Ipv4ErrorReport report) => Errors.Add((report.Type, report.Code));
}
