using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Devices;

/// <summary>
/// The PCI configuration space through configuration mechanism 1 (PCI Local Bus 3.0 §3.2.2.3.2): finds functions, switches them on, reads their base addresses.
/// Start-up only.
/// </summary>
internal sealed class Pci
{
    private const ushort AddressPort = 0xCF8;
    private const ushort DataPort = 0xCFC;
    private const uint Enable = 0x8000_0000;

    private const int VendorOffset = 0x00;
    private const int CommandOffset = 0x04;
    private const int ClassOffset = 0x08;
    private const int HeaderOffset = 0x0C;
    private const int BaseAddressOffset = 0x10;
    private const int BusNumbersOffset = 0x18;
    private const int InterruptOffset = 0x3C;

    private const uint NoDevice = 0xFFFF_FFFF;
    private const uint MultiFunction = 0x80_0000;
    private const uint HeaderTypeMask = 0x7F_0000;
    private const uint BridgeHeader = 0x01_0000;
    private const uint IoSpace = 1;
    private const uint MemorySpace = 2;
    private const uint BusMaster = 4;
    private const uint InterruptDisable = 0x400;
    private const uint IoSpaceBar = 1;
    private const uint BarTypeMask = 6;
    private const uint Bar64Bit = 4;
    private const int MaximumBuses = 256;
    private const int DevicesPerBus = 32;
    private const int FunctionsPerDevice = 8;

    private readonly List<PciFunctionInformation> _functions = [];

    /// <summary>The functions found, by bus, device and function.</summary>
    public IReadOnlyList<PciFunctionInformation> Functions => _functions;

    /// <summary>Walks bus 0 and every bus behind a bridge.</summary>
    public void Scan()
    {
        bool[] isScanned = new bool[MaximumBuses];
        Queue<int> buses = new();
        buses.Enqueue(0);
        while (buses.TryDequeue(out int bus))
        {
            if (isScanned[bus])
            {
                continue;
            }

            isScanned[bus] = true;
            for (int device = 0; device < DevicesPerBus; device++)
            {
                ScanDevice(bus, device, buses);
            }
        }
    }

    /// <summary>Marks a function as served.</summary>
    public void SetDriver(PciFunctionInformation function, string driver) =>
        _functions[_functions.IndexOf(function)] = function with { Driver = driver };

    /// <summary>Lets a function answer in memory space and master the bus, with its interrupt on.</summary>
    public static void Activate(PciFunctionInformation function) => Activate(function, MemorySpace | BusMaster);

    /// <summary>Lets a function answer in I/O space and master the bus, with its interrupt on.</summary>
    public static void ActivateIo(PciFunctionInformation function) => Activate(function, IoSpace | BusMaster);

    /// <summary>Reads a base address in I/O space.</summary>
    /// <param name="function">The function.</param>
    /// <param name="index">Base address register, 0 to 5.</param>
    /// <param name="port">First port.</param>
    /// <returns>False when the register is empty, or not in I/O space.</returns>
    public static bool TryReadPortBar(PciFunctionInformation function, int index, out ushort port)
    {
        uint low = Read(function.Bus, function.Device, function.Function, BaseAddressOffset + (index * sizeof(uint)));
        port = (ushort)(low & ~3u);
        return (low & IoSpaceBar) != 0 && port != 0;
    }

    /// <summary>Reads a memory base address and its size.</summary>
    /// <param name="function">The function.</param>
    /// <param name="index">Base address register, 0 to 5.</param>
    /// <param name="address">Physical address.</param>
    /// <param name="size">Bytes.</param>
    /// <returns>False when the register is empty, or not in memory space.</returns>
    public static bool TryReadMemoryBar(PciFunctionInformation function, int index, out ulong address, out ulong size)
    {
        int offset = BaseAddressOffset + (index * sizeof(uint));
        (int bus, int device, int number) = (function.Bus, function.Device, function.Function);
        uint low = Read(bus, device, number, offset);
        address = low & ~15u;
        size = 0;
        if ((low & IoSpaceBar) != 0 || low == 0)
        {
            return false;
        }

        // The size shows in the bits that do not take a one. The function must not answer meanwhile.
        uint command = Read(bus, device, number, CommandOffset) & 0xFFFF;
        Write(bus, device, number, CommandOffset, command & ~MemorySpace);
        Write(bus, device, number, offset, uint.MaxValue);
        uint mask = Read(bus, device, number, offset) & ~15u;
        Write(bus, device, number, offset, low);
        Write(bus, device, number, CommandOffset, command);
        size = ~mask + 1u;
        if ((low & BarTypeMask) == Bar64Bit)
        {
            address |= (ulong)Read(bus, device, number, offset + sizeof(uint)) << 32;
        }

        return size != 0;
    }

    private static void Activate(PciFunctionInformation function, uint bits)
    {
        uint command = Read(function.Bus, function.Device, function.Function, CommandOffset) & 0xFFFF;
        command = (command | bits) & ~InterruptDisable;
        Write(function.Bus, function.Device, function.Function, CommandOffset, command);
    }

    private void ScanDevice(int bus, int device, Queue<int> buses)
    {
        for (int function = 0; function < FunctionsPerDevice; function++)
        {
            uint id = Read(bus, device, function, VendorOffset);
            if (id == NoDevice)
            {
                if (function == 0)
                {
                    return;
                }

                continue;
            }

            uint header = Read(bus, device, function, HeaderOffset);
            uint classAndRevision = Read(bus, device, function, ClassOffset);
            _functions.Add(new PciFunctionInformation(
                (byte)bus, (byte)device, (byte)function, (ushort)id, (ushort)(id >> 16), classAndRevision >> 8, (byte)classAndRevision,
                (byte)Read(bus, device, function, InterruptOffset), string.Empty));
            if ((header & HeaderTypeMask) == BridgeHeader)
            {
                buses.Enqueue((int)(Read(bus, device, function, BusNumbersOffset) >> 8 & 0xFF));
            }

            if (function == 0 && (header & MultiFunction) == 0)
            {
                return;
            }
        }
    }

    private static uint Read(int bus, int device, int function, int offset)
    {
        Cpu.Out32(AddressPort, Address(bus, device, function, offset));
        return Cpu.In32(DataPort);
    }

    private static void Write(int bus, int device, int function, int offset, uint value)
    {
        Cpu.Out32(AddressPort, Address(bus, device, function, offset));
        Cpu.Out32(DataPort, value);
    }

    private static uint Address(int bus, int device, int function, int offset) =>
        Enable | (uint)bus << 16 | (uint)device << 11 | (uint)function << 8 | ((uint)offset & 0xFC);
}
