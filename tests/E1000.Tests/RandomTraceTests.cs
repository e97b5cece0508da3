using System.Buffers.Binary;
using KernelSockets.Simulation.E1000;

namespace KernelSockets.E1000.Tests;

/// <summary>Random sequences of everything that stack, wire, time and mishap can do, with the books checked at the end.</summary>
public sealed class RandomTraceTests
{
    private const int Operations = 4000;

    [Theory]
    [InlineData("manual")]
    [InlineData("qemu")]
    [InlineData("virtualbox")]
    [InlineData("virtualbox-82543")]
    public void AnySequence_EveryFrameIsAccountedForAndNoBufferIsLost(string personality)
    {
        int firstSeed = Random.Shared.Next(1_000_000);
        for (int seed = firstSeed; seed < firstSeed + 8; seed++)
        {
            try
            {
                new Trace(Personalities.Options(personality), seed).Run();
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{personality}, seed {seed}: {exception.Message}", exception);
            }
        }
    }

    private sealed class Trace(ModelOptions options, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<PacketBuffer> _held = [];
        private readonly List<int> _lengths = [];
        private readonly HashSet<string> _segments = []; // what large packets may become
        private Rig _rig = null!;
        private bool _isRunning = true;
        private long _attempts;
        private long _missed;

        public void Run()
        {
            using Rig rig = Rig.Started(options);
            _rig = rig;
            for (int i = 0; i < Operations; i++)
            {
                Step();
            }

            Settle();
            CheckBooks();
        }

        private void Step()
        {
            switch (_random.Next(40))
            {
                case < 7:
                    Repeat(20, Transmit);
                    break;
                case < 9:
                    Repeat(4, TransmitLarge);
                    break;
                case < 19:
                    Repeat(20, Deliver);
                    break;
                case < 22:
                    _rig.Model.StepTransmit(_random.Next(40));
                    break;
                case < 25:
                    _rig.Model.StepReceive(_random.Next(40));
                    break;
                case < 31:
                    _rig.RunNetworkTask(1 + _random.Next(64));
                    break;
                case 31:
                    _rig.Device.Poll(_rig, 1 + _random.Next(300));
                    break;
                case 32:
                    HoldOrReturnBuffers();
                    break;
                default:
                    Disturb();
                    break;
            }
        }

        private void Disturb()
        {
            Model82540Em model = _rig.Model;
            switch (_random.Next(12))
            {
                case < 2:
                    model.SetCable(_random.Next(3) != 0);
                    break;
                case 2:
                    model.TransmitMode = (TransmitMode)_random.Next(2);
                    break;
                case 3:
                    model.IsReceiveStepped = options.FifoSize > 0 && _random.Next(2) == 0;
                    break;
                case 4:
                    model.IsTransmitterHung = _random.Next(2) == 0;
                    break;
                case 5:
                    _rig.PollAfter(TimeSpan.FromMilliseconds(_random.Next(3000)));
                    break;
                case 6:
                    _rig.Device.IsPromiscuous = _random.Next(2) == 0;
                    break;
                case 7:
                    model.DeliversBadFrames = _random.Next(2) == 0;
                    break;
                case 8:
                    model.Raise((uint)_random.Next(1 << 8) & ~0x20u);
                    break;
                case 9 when !_isRunning || _random.Next(4) == 0:
                    // A stopped device does nothing: it is started again four times as readily as it is stopped.
                    StopOrStart();
                    break;
                case 10:
                    model.NextTransmitStatus = (byte)(_random.Next(2) == 0 ? 2 : 4);
                    break;
                default:
                    Assert.True(_rig.Statistics.ReceivedPackets >= 0);
                    break;
            }
        }

        private void StopOrStart()
        {
            if (_isRunning)
            {
                Assert.Equal(Errno.Success, _rig.Device.Stop());
                _isRunning = false;
                return;
            }

            Errno error = _rig.Device.Start();
            Assert.True(error == Errno.Success || (error == Errno.ENOBUFS && _held.Count > 0));
            _isRunning = error == Errno.Success;
        }

        private void Repeat(int most, Action action)
        {
            for (int i = _random.Next(most); i >= 0; i--)
            {
                action();
            }
        }

        private void Transmit()
        {
            PacketBuffer? buffer = _rig.Pool.TryTake();
            if (buffer is null)
            {
                return;
            }

            buffer.Reserve(_random.Next(128));
            int length = 60 + _random.Next(1459);
            Numbered(length).CopyTo(buffer.Append(length));
            _attempts++;
            Errno error = _rig.Device.Transmit(buffer);
            Assert.True(error is Errno.Success or Errno.ENOBUFS or Errno.ENETDOWN);
        }

        private void TransmitLarge()
        {
            if (_rig.Pool.Free < LargePacket.MostBuffers)
            {
                return;
            }

            LargePacket packet = LargePacket.Random(_rig, _random);
            _attempts += packet.Expected.Count;
            _segments.UnionWith(packet.Expected.Select(Convert.ToBase64String));
            Errno error = _rig.Device.Transmit(packet.Buffer);
            Assert.True(error is Errno.Success or Errno.ENOBUFS or Errno.ENETDOWN);
        }

        private void Deliver()
        {
            int length = _random.Next(30) switch
            {
                0 => 18 + _random.Next(42),
                1 => 1519 + _random.Next(5000),
                _ => 60 + _random.Next(1459),
            };
            ReceiveFault fault = _random.Next(20) == 0 ? (ReceiveFault)_random.Next(3) : ReceiveFault.None;
            byte[] frame = Numbered(length);
            if (_random.Next(15) == 0)
            {
                Rig.Peer.Write(frame);
            }

            _missed += _rig.Model.Deliver(frame, fault) == ReceiveOutcome.Missed ? 1 : 0;
        }

        /// <summary>A frame that carries its number, from which all its bytes can be told again.</summary>
        private byte[] Numbered(int length)
        {
            byte[] frame = Rig.Frame(length, _lengths.Count);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(14), _lengths.Count);
            _lengths.Add(length);
            return frame;
        }

        private void HoldOrReturnBuffers()
        {
            if (_held.Count > 0)
            {
                _held.ForEach(buffer => buffer.Release());
                _held.Clear();
                return;
            }

            for (int wanted = _random.Next(_rig.Pool.Free + 1); wanted > 0; wanted--)
            {
                _held.Add(_rig.Pool.TryTake()!);
            }
        }

        private void Settle()
        {
            _held.ForEach(buffer => buffer.Release());
            if (!_isRunning)
            {
                Assert.Equal(Errno.Success, _rig.Device.Start());
            }

            Model82540Em model = _rig.Model;
            model.IsTransmitterHung = false;
            model.TransmitMode = TransmitMode.Immediate;
            model.IsReceiveStepped = false;
            model.SetCable(true);
            for (int i = 0; i < 5; i++)
            {
                model.StepTransmit(int.MaxValue);
                model.StepReceive(int.MaxValue);
                _rig.PollAfter(TimeSpan.FromSeconds(1));
            }

            Assert.True(_rig.Device.IsLinkUp);
            Assert.False(_rig.Device.HasWork);
            Assert.Equal(0, _rig.BuffersInUse());
            Assert.InRange(model.FreeReceiveDescriptors, Rig.LeastFree, 255);
        }

        private void CheckBooks()
        {
            NetworkDeviceStatistics statistics = _rig.Statistics;
            Assert.Equal(_rig.Wire.Count, statistics.TransmittedPackets);
            Assert.Equal(_attempts, statistics.TransmittedPackets + statistics.TransmitErrors + statistics.TransmitDropped
                + statistics.TransmitCarrierErrors);
            Assert.Equal(_rig.Received.Count, statistics.ReceivedPackets);
            Assert.Equal(_rig.Model.StoredGoodFrames, statistics.ReceivedPackets + statistics.ReceiveDropped);
            Assert.Equal(_missed, statistics.ReceiveMissed);
            CheckContents(_rig.Wire);
            CheckContents(_rig.Received);
            Assert.True(_rig.Wire.Count > 100 && _rig.Received.Count > 100, "the trace did hardly anything");
        }

        private void CheckContents(List<byte[]> frames)
        {
            int last = -1;
            foreach (byte[] frame in frames)
            {
                if (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == LargePacket.EtherType)
                {
                    int end = 14 + BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16)); // padding may follow
                    Assert.Contains(Convert.ToBase64String(frame[..end]), _segments);
                    continue;
                }

                int number = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(14));
                Assert.True(number > last, $"frame {number} came after {last}");
                int length = _lengths[number];
                Assert.Equal(Math.Max(length, options.PadsRunts ? 60 : 0), frame.Length);
                Assert.Equal(Rig.Frame(length, number)[18..], frame[18..length]);
                last = number;
            }
        }
    }
}
