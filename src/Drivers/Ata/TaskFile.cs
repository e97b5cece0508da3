namespace KernelSockets.Drivers.Ata;

/// <summary>A command as the registers take it: what, to whom, where, how much.</summary>
/// <param name="Code">Of <see cref="AtaCommand"/>.</param>
/// <param name="IsSecond">To the second device of the channel.</param>
/// <param name="IsExtended">With 48-bit address and 16-bit count.</param>
/// <param name="Sector">First sector.</param>
/// <param name="Count">Sectors, at most 255.</param>
internal readonly record struct TaskCommand(byte Code, bool IsSecond, bool IsExtended = false, long Sector = 0, int Count = 0);

/// <summary>The registers of a channel: selects devices, gives commands, moves sectors word by word. Under the channel's lock.</summary>
internal sealed class TaskFile(PortSpace command, PortSpace control)
{
    /// <summary>Reads of a register that take 400 ns together, after which status is valid (ATA/ATAPI-7 vol. 2 §6; an ISA cycle takes 100 ns or more).</summary>
    private const int SettlingReads = 4;

    /// <summary>Status; takes the interrupt back.</summary>
    public AtaStatus Status => (AtaStatus)command.Read8(TaskRegister.Status);

    /// <summary>Status without effect on the interrupt.</summary>
    public AtaStatus AlternateStatus => (AtaStatus)control.Read8(0);

    /// <summary>Why the last command failed.</summary>
    public AtaError Error => (AtaError)command.Read8(TaskRegister.Error);

    /// <summary>LBA Mid and High, which tell the kind of a device after a reset.</summary>
    public (byte Mid, byte High) Signature => (command.Read8(TaskRegister.LbaMid), command.Read8(TaskRegister.LbaHigh));

    /// <summary>Writes the Device Control register.</summary>
    public void SetControl(byte value) => control.Write8(0, value);

    /// <summary>Selects a device; status is its own when this returns.</summary>
    public void Select(bool isSecond)
    {
        command.Write8(TaskRegister.Device, (byte)(DeviceBits.Obsolete | DeviceBits.Lba | (isSecond ? DeviceBits.Second : 0)));
        Settle();
    }

    /// <summary>Gives a command to the selected device, which must be neither busy nor in a transfer.</summary>
    public void Issue(in TaskCommand task)
    {
        byte device = (byte)(DeviceBits.Obsolete | DeviceBits.Lba | (task.IsSecond ? DeviceBits.Second : 0));
        if (task.IsExtended)
        {
            // Each register is two deep: the older value is the high part (ATA/ATAPI-7 vol. 1 §6.20).
            WriteAddress((byte)(task.Count >> 8), task.Sector >> 24);
        }
        else
        {
            device |= (byte)((task.Sector >> 24) & 0x0F);
        }

        WriteAddress((byte)task.Count, task.Sector);
        command.Write8(TaskRegister.Device, device);
        command.Write8(TaskRegister.Command, task.Code);
        Settle();
    }

    /// <summary>Reads one block of data.</summary>
    public void ReadData(Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i += sizeof(ushort))
        {
            ushort word = command.Read16(TaskRegister.Data);
            destination[i] = (byte)word;
            destination[i + 1] = (byte)(word >> 8);
        }

        Settle();
    }

    /// <summary>Writes one block of data.</summary>
    public void WriteData(ReadOnlySpan<byte> source)
    {
        for (int i = 0; i < source.Length; i += sizeof(ushort))
        {
            command.Write16(TaskRegister.Data, (ushort)(source[i] | source[i + 1] << 8));
        }

        Settle();
    }

    private void WriteAddress(byte count, long sector)
    {
        command.Write8(TaskRegister.Features, 0);
        command.Write8(TaskRegister.Count, count);
        command.Write8(TaskRegister.LbaLow, (byte)sector);
        command.Write8(TaskRegister.LbaMid, (byte)(sector >> 8));
        command.Write8(TaskRegister.LbaHigh, (byte)(sector >> 16));
    }

    private void Settle()
    {
        for (int i = 0; i < SettlingReads; i++)
        {
            control.Read8(0);
        }
    }
}
