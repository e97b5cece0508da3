using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;

namespace KernelSockets.QemuHarness.Wire;

/// <summary>Something that Ethernet frames are sent into and come out of.</summary>
internal interface IEthernetWire
{
    /// <summary>Frames from the guest, in order; completes when the guest ends.</summary>
    ChannelReader<byte[]> Received { get; }

    /// <summary>Sends a frame (no FCS) to the guest.</summary>
    Task SendAsync(ReadOnlyMemory<byte> frame);
}

/// <summary>
/// The test's end of the guest's network cable: QEMU's stream netdev on a UNIX socket, which needs no rights. Each frame is preceded by its
/// length as a big-endian 32-bit number. Everything that passes is written to a pcap file.
/// </summary>
internal sealed class EthernetPort : IEthernetWire, IDisposable
{
    private const int LengthSize = 4;
    private const int LongestFrame = 65536;

    private readonly Socket _socket;
    private readonly PcapWriter _capture;
    private readonly SemaphoreSlim _oneSender = new(1, 1);
    private readonly Channel<byte[]> _received = Channel.CreateUnbounded<byte[]>();

    public EthernetPort(Socket socket, string capturePath)
    {
        _socket = socket;
        _capture = new PcapWriter(capturePath);
        _ = PumpAsync();
    }

    public ChannelReader<byte[]> Received => _received.Reader;

    public async Task SendAsync(ReadOnlyMemory<byte> frame)
    {
        byte[] message = new byte[LengthSize + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, frame.Length);
        frame.CopyTo(message.AsMemory(LengthSize));
        _capture.Write(frame.Span);
        await _oneSender.WaitAsync();
        try
        {
            for (int sent = 0; sent < message.Length;)
            {
                sent += await _socket.SendAsync(message.AsMemory(sent));
            }
        }
        finally
        {
            _oneSender.Release();
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _capture.Dispose();
        _oneSender.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            await using NetworkStream stream = new(_socket, ownsSocket: false);
            byte[] length = new byte[LengthSize];
            while (true)
            {
                await stream.ReadExactlyAsync(length);
                int size = BinaryPrimitives.ReadInt32BigEndian(length);
                if (size is < 0 or > LongestFrame)
                {
                    throw new InvalidDataException($"QEMU announced a frame of {size} bytes.");
                }

                byte[] frame = new byte[size];
                await stream.ReadExactlyAsync(frame);
                _capture.Write(frame);
                await _received.Writer.WriteAsync(frame);
            }
        }
        catch (Exception end) when (end is EndOfStreamException or IOException or SocketException or ObjectDisposedException)
        {
            _received.Writer.Complete();
        }
        catch (Exception failure)
        {
            _received.Writer.Complete(failure);
        }
    }
}
