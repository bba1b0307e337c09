<?xml version="1.0" encoding="UTF-8"?>
<tileset version="1.10" tiledversion="1.10.2" name="ground" tilewidth="16" tileheight="16" tilecount="26" columns="26">
 <image source="ground.png" width="416" height="16"/>
 <tile id="0" type="street"/>
 <tile id="1" type="street"/>
 <tile id="2" type="path"/>
 <tile id="3" type="grass"/>
 <tile id="4" type="forest"/>
 <tile id="5" type="forest"/>
 <tile id="6" type="brush"/>
 <tile id="7" type="water"/>
 <tile id="8" type="mud"/>
 <tile id="9" type="rock"/>
 <tile id="10" type="wall_top"/>
 <tile id="11" type="wall"/>
 <tile id="12" type="gate"/>
 <tile id="13" type="chimney"/>
 <tile id="14" type="roof"/>
 <tile id="15" type="roof"/>
 <tile id="16" type="roof"/>
 <tile id="17" type="roof"/>
 <tile id="18" type="roof"/>
 <tile id="19" type="roof"/>
 <tile id="20" type="roof"/>
 <tile id="21" type="roof"/>
 <tile id="22" type="roof"/>
 <tile id="23" type="roof"/>
 <tile id="24" type="roof"/>
 <tile id="25" type="roof"/>
</tileset>
