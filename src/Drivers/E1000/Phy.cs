namespace KernelSockets.Drivers.E1000;

/// <summary>The internal PHY, through MDIC (§13.4.7); its registers are IEEE 802.3 clause 22's (chapter 10).</summary>
/// <remarks>
/// Used by the task that starts the device. The PHY negotiates by itself; software only ends a state in which it would not.
/// </remarks>
internal sealed class Phy(RegisterSpace registers, Clock clock)
{
    /// <summary>PCTRL, PHY control (clause 22.2.4.1).</summary>
    private const uint ControlRegister = 0;

    private const ushort RestartNegotiation = 1 << 9;
    private const ushort Isolate = 1 << 10;
    private const ushort PowerDown = 1 << 11;
    private const ushort NegotiationEnable = 1 << 12;
    private const int RegisterShift = 16;

    /// <summary>An MDIO frame is 64 bits at 2.5 MHz or less.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(5);

    private readonly BoundedWait _wait = new(registers, clock);

    /// <summary>
    /// Starts auto-negotiation where it is off, isolated or powered down. A PHY that negotiates already is left alone: starting again would
    /// take the link away for seconds (half a second in QEMU).
    /// </summary>
    /// <returns><see cref="Errno.EIO"/> when the PHY does not answer.</returns>
    public Errno EnsureNegotiation()
    {
        if (!TryTransfer(MdiControl.ReadOperation, ControlRegister, 0, out ushort control))
        {
            return Errno.EIO;
        }

        if ((control & (NegotiationEnable | Isolate | PowerDown)) == NegotiationEnable)
        {
            return Errno.Success;
        }

        ushort wanted = (ushort)((control & ~(Isolate | PowerDown)) | NegotiationEnable | RestartNegotiation);
        return TryTransfer(MdiControl.WriteOperation, ControlRegister, wanted, out _) ? Errno.Success : Errno.EIO;
    }

    private bool TryTransfer(MdiControl operation, uint register, ushort data, out ushort result)
    {
        registers.Write(Register.MdiControl, (uint)(operation | MdiControl.InternalPhy) | (register << RegisterShift) | data);
        bool ready = _wait.TryReadUntil(Register.MdiControl, (uint)MdiControl.Ready, (uint)MdiControl.Ready, s_timeout, out uint value);
        result = (ushort)value;
        return ready && (value & (uint)MdiControl.Error) == 0;
    }
}
