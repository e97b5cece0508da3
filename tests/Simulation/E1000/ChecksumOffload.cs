using System.Buffers.Binary;

namespace KernelSockets.Simulation.E1000;

/// <summary>What the device writes into status and errors about the checksums of a frame (§3.2.9, table 3-5).</summary>
internal static class ChecksumOffload
{
    private const byte StatusIgnore = 1 << 2;
    private const byte StatusTransport = 1 << 5;
    private const byte StatusIp = 1 << 6;
    private const byte ErrorTransport = 1 << 5;
    private const byte ErrorIp = 1 << 6;
    private const uint ControlIp = 1 << 8;
    private const uint ControlTransport = 1 << 9;
    private const int EthernetHeader = 14;
    private const int Tcp = 6;
    private const int Udp = 17;

    /// <summary>Status bits and error bits for a frame.</summary>
    public static (byte Status, byte Errors) Examine(ReadOnlySpan<byte> frame, uint control, ChecksumBehaviour behaviour) => behaviour switch
    {
        ChecksumBehaviour.Ignored => (StatusIgnore, 0),
        ChecksumBehaviour.AlwaysClaimed => (StatusIp | StatusTransport, 0),
        _ => Calculate(frame, control),
    };

    private static (byte Status, byte Errors) Calculate(ReadOnlySpan<byte> frame, uint control)
    {
        const int MinimumHeader = 20;
        bool isIp = frame.Length >= EthernetHeader + MinimumHeader && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x0800;
        if (!isIp || (control & ControlIp) == 0)
        {
            return (StatusIgnore, 0);
        }

        ReadOnlySpan<byte> packet = frame[EthernetHeader..];
        int headerLength = (packet[0] & 15) * 4;
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (packet[0] >> 4 != 4 || headerLength < MinimumHeader || totalLength < headerLength || totalLength > packet.Length)
        {
            return (StatusIgnore, 0);
        }

        byte status = StatusIp;
        byte errors = OnesComplement.Sum(packet[..headerLength], 0) == 0xFFFF ? (byte)0 : ErrorIp;
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0;
        ReadOnlySpan<byte> segment = packet[headerLength..totalLength];
        bool hasChecksum = packet[9] == Tcp || (packet[9] == Udp && segment.Length >= 8 && (segment[6] | segment[7]) != 0);
        if (hasChecksum && !isFragment && (control & ControlTransport) != 0)
        {
            uint pseudo = OnesComplement.Sum(packet[12..20], (uint)(packet[9] + segment.Length));
            status |= StatusTransport;
            errors |= OnesComplement.Sum(segment, pseudo) == 0xFFFF ? (byte)0 : ErrorTransport;
        }

        return (status, errors);
    }
}
