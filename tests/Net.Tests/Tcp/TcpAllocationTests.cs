using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Simulation;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>The data path of an established connection allocates nothing, neither for data nor for acknowledgements.</summary>
public sealed class TcpAllocationTests
{
    private const int WarmUp = 3000;
    private const int Count = 100_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Receiving_ReadingAndAcknowledging_AllocatesNothing(bool hasTimestamps)
    {
        QuietConnection connection = new(hasTimestamps);
        byte[] buffer = new byte[4096];
        Receive(WarmUp);
        AllocationMeter meter = AllocationMeter.Start();
        Receive(Count);
        Assert.True(meter.IsQuiet);
        Assert.True(connection.Device.Frames >= Count / 2);
        connection.AssertSound();

        void Receive(int count)
        {
            for (int i = 0; i < count; i++)
            {
                connection.Inject(TcpFlags.Ack, 1000);
                Assert.True(connection.Socket.ReceiveInto(buffer).Count == 1000);
                connection.Pass();
            }
        }
    }

    [Fact]
    public void ReceivingInBatches_AllocatesNothing_ThoughBuffersFillAndEmpty()
    {
        QuietConnection connection = new(hasTimestamps: true);
        byte[] buffer = new byte[65_536];
        Receive(WarmUp);
        AllocationMeter meter = AllocationMeter.Start();
        Receive(Count / 50);
        Assert.True(meter.IsQuiet);
        Assert.True(connection.Hits > Count / 50 * 48);
        connection.AssertSound();

        void Receive(int batches)
        {
            for (int i = 0; i < batches; i++)
            {
                connection.InjectBatch(50, 1000);
                Assert.True(connection.Socket.ReceiveInto(buffer).Count == 50_000);
                connection.Pass();
            }
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Sending_AndBeingAcknowledged_AllocatesNothing(bool hasTimestamps, bool isOffloading)
    {
        QuietConnection connection = new(hasTimestamps, isOffloading);
        byte[] data = Frames.Pattern(3000);
        Send(WarmUp);
        AllocationMeter meter = AllocationMeter.Start();
        Send(Count);
        Assert.True(meter.IsQuiet);
        Assert.True(connection.Device.Frames >= Count * 2L);
        Assert.Equal(isOffloading, connection.Device.LargePackets >= Count);
        connection.AssertSound();

        void Send(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Assert.True(connection.Socket.SendSpan(data).Count == data.Length);
                connection.Inject(TcpFlags.Ack, 0);
                connection.Pass();
            }
        }
    }

    [Fact]
    public void UrgentByte_IsUrgentOnce_NotAgainAfterTwoGibibytes()
    {
        QuietConnection connection = new(hasTimestamps: false);
        byte[] data = new byte[14_600];
        Assert.Equal(1, connection.Socket.SendSpan(data.AsSpan(0, 1), MessageFlags.DoNotWait | MessageFlags.OutOfBand).Count);
        Assert.Equal(1, connection.Device.UrgentFrames);
        connection.Inject(TcpFlags.Ack, 0);
        for (long sent = 0; sent < (1L << 31) + (1 << 20); sent += data.Length)
        {
            Assert.True(connection.Socket.SendSpan(data).Count == data.Length);
            connection.Inject(TcpFlags.Ack, 0);
            connection.Inject(TcpFlags.Ack, 0);
        }

        Assert.Equal(1, connection.Device.UrgentFrames);
        connection.AssertSound();
    }

    [Fact]
    public void ReceivingOutOfOrder_AllocatesNothing()
    {
        QuietConnection connection = new(hasTimestamps: true);
        byte[] buffer = new byte[4096];
        Receive(WarmUp);
        AllocationMeter meter = AllocationMeter.Start();
        Receive(Count);
        Assert.True(meter.IsQuiet);
        connection.AssertSound();

        void Receive(int count)
        {
            for (int i = 0; i < count; i++)
            {
                connection.Inject(TcpFlags.Ack, 500, ahead: 500);
                connection.Inject(TcpFlags.Ack, 500);
                connection.Skip(500);
                Assert.True(connection.Socket.ReceiveInto(buffer).Count == 1000);
                connection.Pass();
            }
        }
    }

    /// <summary>A connection whose peer is a frame that is patched and sent again.</summary>
    private sealed class QuietConnection
    {
        private readonly QuietNode _node;
        private readonly QuietPeer _peer;

        public QuietConnection(bool hasTimestamps, bool isOffloading = false)
        {
            _node = new QuietNode(isOffloading);
            using TestSocket listener = TestSocket.Listening(_node.Stack, 80);
            _peer = new QuietPeer(_node, 4000, hasTimestamps);
            _peer.Open();
            Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
            Socket = socket!;
        }

        public TestSocket Socket { get; }

        public RecordingDevice Device => _node.Device;

        public void Inject(TcpFlags flags, int length, uint ahead = 0) => _peer.Send(flags, length, ahead);

        public long Hits => _node.Stack.Tcp.Statistics.PredictionHits;

        public void InjectBatch(int segments, int length)
        {
            _node.BeginBatch();
            for (int i = 0; i < segments; i++)
            {
                _peer.Send(TcpFlags.Ack, length);
            }

            _node.EndBatch();
        }

        /// <summary>Bytes that were sent ahead are counted.</summary>
        public void Skip(uint bytes) => _peer.Skip(bytes);

        public void Pass() => _node.Pass();

        public void AssertSound()
        {
            _node.AssertNoLeak();
            Assert.Equal(TcpState.Established, Assert.Single(_node.Stack.Tcp.Connections).State);
            Assert.Equal(0, _node.Stack.Tcp.Statistics.RetransSegs);
            Socket.Dispose();
        }
    }
}
