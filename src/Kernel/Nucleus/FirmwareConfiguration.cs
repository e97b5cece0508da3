using System.Buffers.Binary;

namespace KernelSockets.Kernel.Nucleus;

/// <summary>QEMU's fw_cfg device (docs/specs/fw_cfg.rst), through its two ports: for options on QEMU's command line. Interrupts off.</summary>
internal static unsafe class FirmwareConfiguration
{
    private const ushort Selector = 0x510;
    private const ushort Data = 0x511;
    private const ushort SignatureKey = 0;
    private const ushort DirectoryKey = 0x19;
    private const uint Signature = 0x554D4551; // "QEMU"
    private const int NameBytes = 56;

    /// <summary>Reads a named item.</summary>
    /// <returns>Bytes read; 0 when there is no such item, or no such device.</returns>
    public static int Read(ReadOnlySpan<byte> name, byte* destination, int capacity)
    {
        Cpu.Out16(Selector, SignatureKey);
        if (ReadUInt32() != Signature)
        {
            return 0;
        }

        Cpu.Out16(Selector, DirectoryKey);
        uint count = BinaryPrimitives.ReverseEndianness(ReadUInt32());
        byte* entryName = stackalloc byte[NameBytes];
        for (uint i = 0; i < count; i++)
        {
            uint size = BinaryPrimitives.ReverseEndianness(ReadUInt32());
            uint keyAndReserved = ReadUInt32();
            for (int j = 0; j < NameBytes; j++)
            {
                entryName[j] = Cpu.In8(Data);
            }

            if (IsSame(entryName, name))
            {
                Cpu.Out16(Selector, BinaryPrimitives.ReverseEndianness((ushort)keyAndReserved));
                int length = size < (uint)capacity ? (int)size : capacity;
                for (int j = 0; j < length; j++)
                {
                    destination[j] = Cpu.In8(Data);
                }

                return length;
            }
        }

        return 0;
    }

    private static uint ReadUInt32() =>
        Cpu.In8(Data) | ((uint)Cpu.In8(Data) << 8) | ((uint)Cpu.In8(Data) << 16) | ((uint)Cpu.In8(Data) << 24);

    private static bool IsSame(byte* text, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (text[i] != name[i])
            {
                return false;
            }
        }

        return text[name.Length] == 0;
    }
}
