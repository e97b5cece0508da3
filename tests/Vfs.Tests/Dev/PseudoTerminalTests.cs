using System.Text;
using KernelSockets.Simulation;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.Vfs.Tests.Dev;

/// <summary>A terminal without devices: what is shown is taken by a program, and ends when that hangs up.</summary>
public sealed class PseudoTerminalTests
{
    private static readonly TimeSpan s_while = TimeSpan.FromSeconds(1);

    private readonly SimulatedTime _time = new();
    private readonly PseudoTerminal _pair;

    public PseudoTerminalTests() => _pair = new PseudoTerminal(new SimulatedWaitQueueFactory(_time), _time.Clock);

    [Fact]
    public void KeysAndOutput_GoThroughTheLineDiscipline()
    {
        _pair.Terminal.Input("ab\u007Fc\r"u8);
        Assert.Equal("ab\b \bc\r\n", Shown());
        byte[] line = new byte[10];
        Assert.Equal(3, _pair.Terminal.Read(line, Instant.Zero).Count);
        Assert.Equal("ac\n", Encoding.UTF8.GetString(line, 0, 3));
        Assert.Equal(4, _pair.Terminal.Write("two\n"u8).Count);
        Assert.Equal("two\r\n", Shown());
    }

    [Fact]
    public void Interrupt_Typed_IsTold()
    {
        int interrupts = 0;
        _pair.Terminal.Interrupted = () => interrupts++;
        _pair.Terminal.Input("\u0003"u8);
        Assert.Equal(1, interrupts);
        Assert.Equal("^C", Shown());
    }

    [Fact]
    public void Output_Full_WaitsForRoom_AndLosesNothing()
    {
        byte[] data = new byte[PseudoTerminal.Capacity * 3];
        new Random(1).NextBytes(data);
        data = [.. data.Where(static value => value != '\n')];
        using MemoryStream taken = new();
        for (int i = 1; i <= 4; i++)
        {
            _time.After(i * s_while, () => taken.Write(Take()));
        }

        Assert.Equal(data.Length, _pair.Terminal.Write(data).Count);
        taken.Write(Take());
        Assert.Equal(data, taken.ToArray());
    }

    [Fact]
    public void HangUp_LetsWritersAndReadersGo_AndEndsTheOutput()
    {
        _time.After(s_while, _pair.HangUp);
        Assert.Equal(PseudoTerminal.Capacity * 2, _pair.Terminal.Write(new byte[PseudoTerminal.Capacity * 2]).Count);
        Assert.Equal(Errno.EIO, _pair.Terminal.Write("more"u8).Error);
        Assert.Equal(PseudoTerminal.Capacity, Take().Length);
        Assert.Equal(0, _pair.ReadOutput(new byte[1], Instant.Never).Count);
        Assert.Equal(0, _pair.Terminal.Read(new byte[1], Instant.Never).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HangUp_WhileSomebodyReads_IsTheEndOfInput(bool isRaw)
    {
        _pair.Terminal.IsRaw = isRaw;
        _time.After(s_while, _pair.HangUp);
        IoResult read = _pair.Terminal.Read(new byte[10], Instant.Never);
        Assert.Equal((true, 0), (read.IsSuccess, read.Count));
        Assert.Equal(0, _pair.Terminal.Read(new byte[10], Instant.Never).Count);
    }

    [Fact]
    public void HangUp_AfterALine_GivesTheLineFirst()
    {
        _pair.Terminal.Input("ls\r"u8);
        _pair.HangUp();
        Assert.Equal(3, _pair.Terminal.Read(new byte[10], Instant.Never).Count);
        Assert.Equal(0, _pair.Terminal.Read(new byte[10], Instant.Never).Count);
    }

    [Fact]
    public void Device_HungUp_IsReadableAndSaysSo()
    {
        Terminal other = new PseudoTerminal(new SimulatedWaitQueueFactory(_time), _time.Clock).Terminal;
        bool isOther = false;
        TerminalDevice device = new(() => isOther ? other : _pair.Terminal, "tty");
        Assert.Equal(PollEvents.Writable, device.Poll(null!, null));
        _pair.HangUp();
        Assert.Equal(PollEvents.Writable | PollEvents.Readable | PollEvents.HangUp, device.Poll(null!, null));
        isOther = true;
        Assert.Equal(PollEvents.Writable, device.Poll(null!, null));
    }

    private string Shown() => Encoding.UTF8.GetString(Take());

    private byte[] Take()
    {
        List<byte> all = [];
        byte[] buffer = new byte[1000];
        for (IoResult result = _pair.ReadOutput(buffer, Instant.Zero); result is { IsSuccess: true, Count: > 0 }; result = _pair.ReadOutput(buffer, Instant.Zero))
        {
            all.AddRange(buffer.AsSpan(0, result.Count));
        }

        return [.. all];
    }
}
