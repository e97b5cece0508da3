using System.Globalization;
using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>
/// Segments with good checksums and numbers both plausible and wild, sent into connections of every state while their sockets are used: nothing
/// throws, memory stays bounded, and nothing is left afterwards.
/// </summary>
public sealed class TcpFuzzTests
{
    private const int Segments = 1500;

    [Fact]
    public void RandomSegments_IntoConnectionsOfEveryState_NothingIsLeft()
    {
        HashSet<TcpState> seen = [];
        (int first, int count) = (Setting("KS_FUZZ_SEED", 1), Setting("KS_FUZZ_TCP", 40));
        for (int seed = first; seed < first + count; seed++)
        {
            new TcpFuzzer(seed, seen).Run(Segments);
        }

        TcpState[] all = [TcpState.Established, TcpState.SynSent, TcpState.SynReceived, TcpState.FinWait1, TcpState.FinWait2, TcpState.CloseWait, TcpState.LastAck, TcpState.Closing];
        Assert.Empty(all.Except(seen));
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    /// <summary>One host, a dozen of connections, and somebody who means them ill.</summary>
    private sealed class TcpFuzzer
    {
        private readonly Random _random;
        private readonly int _seed;
        private readonly HashSet<TcpState> _seen;
        private readonly Tester _tester = new(poolSize: 256);
        private readonly List<TestSocket> _sockets = [];
        private readonly List<TcpPeer> _peers = [];
        private readonly TestSocket _listener;
        private readonly byte[] _buffer = new byte[20_000];
        private readonly SegmentFuzzer _segments;
        private readonly ConnectionInvariants _invariants;

        public TcpFuzzer(int seed, HashSet<TcpState> seen)
        {
            _seed = seed;
            _seen = seen;
            _random = new Random(seed);
            _segments = new SegmentFuzzer(_random);
            _invariants = new ConnectionInvariants(_tester);
            _listener = TestSocket.Listening(_tester.Node.Stack, 80, backlog: 8);
        }

        public void Run(int segments)
        {
            try
            {
                for (int i = 0; i < 14; i++)
                {
                    AddConnection(i);
                }

                for (int i = 0; i < segments; i++)
                {
                    Step();
                    _invariants.Check();
                    foreach (TcpConnection connection in _tester.Node.Stack.Tcp.Connections)
                    {
                        _seen.Add(connection.State);
                    }
                }

                AssertBounded();
                Finish();
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"seed {_seed}: {exception.Message}", exception);
            }
        }

        private void AddConnection(int index)
        {
            TcpPeer peer;
            if (index % 2 == 0)
            {
                peer = new TcpPeer(_tester, ownPort: (ushort)(3000 + index), isn: (uint)_random.NextInt64());
                byte[] options = SegmentFuzzer.SynOptions[_random.Next(SegmentFuzzer.SynOptions.Length)];
                Answer[] answers = peer.Exchange(TcpFlags.Syn, options: options);
                peer.Next++;
                peer.Expected = answers.Length > 0 ? answers[0].Sequence + 1 : 0;
                peer.Exchange(TcpFlags.Ack);
                TakeAccepted();
            }
            else
            {
                TestSocket socket = new(_tester.Node.Stack, SocketType.Tcp);
                Assert.Equal(Errno.EINPROGRESS, socket.Connect(Tester.SelfIp, (ushort)(3000 + index), MessageFlags.DoNotWait));
                _sockets.Add(socket);
                peer = new TcpPeer(_tester, socket.Name.Port, (ushort)(3000 + index), (uint)_random.NextInt64());
            }

            _peers.Add(peer);
        }

        private void Step()
        {
            TcpPeer peer = _peers[_random.Next(_peers.Count)];
            _segments.Send(peer);
            switch (_random.Next(12))
            {
                case 0:
                    _tester.Settle(TimeSpan.FromMilliseconds(_random.Next(1, 3000)));
                    break;
                case 1:
                    UseSocket();
                    break;
                case 2 when _random.Next(4) == 0:
                    AddConnection(_peers.Count);
                    break;
                case 3:
                    _segments.SendError(peer);
                    break;
                case 4:
                    TakeAccepted();
                    break;
                default:
                    break;
            }

            _tester.Settle(TimeSpan.FromMicroseconds(_random.Next(0, 300)));
            _tester.Probe.Take();
        }

        private void UseSocket()
        {
            if (_sockets.Count == 0)
            {
                return;
            }

            TestSocket socket = _sockets[_random.Next(_sockets.Count)];
            switch (_random.Next(8))
            {
                case 0 or 1:
                    socket.SendSpan(_buffer.AsSpan(0, _random.Next(_buffer.Length)), MessageFlags.DoNotWait | (_random.Next(5) == 0 ? MessageFlags.OutOfBand : MessageFlags.None));
                    break;
                case 2 or 3:
                    socket.ReceiveInto(_buffer, MessageFlags.DoNotWait | (_random.Next(4) == 0 ? MessageFlags.Peek : MessageFlags.None) | (_random.Next(5) == 0 ? MessageFlags.OutOfBand : MessageFlags.None));
                    break;
                case 4:
                    socket.Shutdown((ShutdownHow)_random.Next(3));
                    break;
                case 5 when _random.Next(3) == 0:
                    _sockets.Remove(socket);
                    socket.Dispose();
                    break;
                case 6:
                    socket.Set(6, _random.Next(1, 20), _random.Next(0, 4));
                    break;
                default:
                    socket.Poll();
                    break;
            }
        }

        private void TakeAccepted()
        {
            while (_listener.Accept(out TestSocket? socket) == Errno.Success)
            {
                _sockets.Add(socket!);
            }
        }

        private void AssertBounded()
        {
            NetStack stack = _tester.Node.Stack;
            Assert.InRange(stack.Tcp.Memory.ChunksInUse, 0, stack.Tcp.Memory.MaximumChunks);
            Assert.InRange(stack.Tcp.Connections.Count, 0, _peers.Count + 9);
        }

        private void Finish()
        {
            _sockets.ForEach(static socket => socket.Dispose());
            _listener.Dispose();
            for (int i = 0; i < 10; i++)
            {
                _tester.Settle(TimeSpan.FromMinutes(2)); // time-outs may have grown to two minutes
                _tester.Probe.Take();
            }

            NetStack stack = _tester.Node.Stack;
            string left = string.Join(", ", stack.Tcp.Connections.Select(static connection => $"{connection.Key} in {connection.State}, {(connection.User is null ? "orphan" : connection.User.GetType().Name)}, {connection.Report(Instant.Zero)}"));
            Assert.True(left.Length == 0, left);
            Assert.Equal((0, 0, 0), (stack.Tcp.Connections.Count, stack.Tcp.TimeWaits.Count, stack.Tcp.Memory.ChunksInUse));
            Assert.Equal(0, stack.Tcp.Statistics.CurrEstab);
            using TestSocket again = new(stack, SocketType.Tcp);
            Assert.Equal(Errno.Success, again.Bind("0.0.0.0", 80)); // no port is held
            _tester.AssertAlive();
        }
    }
}
